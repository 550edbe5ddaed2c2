-- purpose: close an attached file
detach {{name}}
