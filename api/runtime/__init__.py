"""Code that keeps a process running: supervised tasks, wake-ups, logs."""
