"""The server around the routes: security, jobs, warming up."""
