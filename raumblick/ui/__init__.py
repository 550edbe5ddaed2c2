"""Map, charts, tables, controls, sentences: with app.py and pages/ the only place that imports Streamlit."""
