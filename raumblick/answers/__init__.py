"""One function a question: asks the store, applies a method, returns a small frozen result."""
