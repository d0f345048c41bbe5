"""Who is there, who answers to whom, whose customers they are, and what is vacant."""
