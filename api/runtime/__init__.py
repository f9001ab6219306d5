"""What keeps a process going: supervised tasks, wake-ups, logs."""
