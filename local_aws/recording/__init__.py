"""Which calls reach the local AWS, and as whom they are made; only where somebody asks for it (``--record FILE``)."""
