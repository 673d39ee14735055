"""How the documentation is made: `python -m sphinx -W docs site/en`, in a clone, no network needed.

`pip install -e '.[docs]'` brings what it takes. Besides the pages in this folder, `machinery`
writes pages before Sphinx reads: the lessons from `examples` (`lessons/`), the reference from the
docstrings (`api/`), pictures, texts and live pages (`made/`). None of them is in the repository. A
second language takes the same sources and the same runs:
`python -m sphinx -W -D language=ko docs site/ko`.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import nnlite  # noqa: E402

project = "nnlite"
author = "the authors of nnlite"
project_copyright = author
version = release = nnlite.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.linkcode",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "machinery.made",
    "machinery.lessons",
    "machinery.reference",
    "machinery.sources",
    "machinery.formulas",
    "machinery.thumbnails",
    "machinery.languages",
    "machinery.links",
]
exclude_patterns = ["made", "lessons/*.ipynb", "machinery"]

language = "en"
languages = {"en": "English", "ko": "한국어"}
locale_dirs = ["locale"]
gettext_compact = False
gettext_uuid = False

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False

# The runs lie outside the output: the second language takes those of the first.
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "made" / "runs")
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 1800
nb_merge_streams = True

default_role = "py:obj"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_preserve_defaults = True
autosummary_generate = False
napoleon_google_docstring = False
napoleon_use_rtype = False
add_module_names = False

html_theme = "furo"
html_title = "nnlite"
html_static_path = ["look"]
html_favicon = "look/neuron.svg"
html_css_files = ["site.css"]
html_extra_path = ["made/shown/site"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_math_renderer = "mathml"
templates_path = ["templates"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "languages.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True
