"""A question to one or several suppliers: asked, answered on the site or by mail, reminded, reported, exported."""
