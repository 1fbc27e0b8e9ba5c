"""Pages of teams: load with access, form, action, render. Only storyboard/teams/urls.py names them."""
