"""What -c looks at: a module each; nothing here changes anything."""
