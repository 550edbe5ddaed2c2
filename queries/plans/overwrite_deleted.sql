-- purpose: on a connection to a plan store on SQLite: what is deleted is overwritten in the file
pragma secure_delete = on
