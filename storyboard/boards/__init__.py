"""What people edit: boards, scenes, shots and the joints between them. Rendering is for takes."""
