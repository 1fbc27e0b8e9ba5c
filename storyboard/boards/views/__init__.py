"""Pages of boards: load with access, form, action, render. Only storyboard/boards/urls.py names them."""
