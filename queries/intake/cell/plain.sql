-- purpose: a cell whose type the reader has already found
{{cell}}
