"""Who may ask the local AWS, and for what: every request passes here before ministack sees it."""
