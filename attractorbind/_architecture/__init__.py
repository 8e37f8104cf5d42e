"""A whole made of parts: what sees, holds, remembers, gates, predicts and acts."""
