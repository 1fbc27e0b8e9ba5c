"""What `manage.py board` does besides reading its words: one module for each thing. Only that command calls these."""
