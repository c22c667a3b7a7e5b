"""``python -m anyi_geo`` is ``anyi-geo``."""

from anyi_geo.cli import main

if __name__ == "__main__":
    main()
