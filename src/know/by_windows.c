#include "know/by_windows.h"

bool
by_windows_any(const struct by_windows *b)
{
	return b->w2000 || b->xp || b->w2003 || b->vista || b->w2008 || b->w7;
}

bool
by_windows_is(const struct by_windows *b, enum windows_kind kind)
{
	switch (kind) {
	case WINDOWS_2000: return b->w2000;
	case WINDOWS_XP: return b->xp;
	case WINDOWS_2003: return b->w2003;
	case WINDOWS_VISTA: return b->vista;
	case WINDOWS_2008: return b->w2008;
	case WINDOWS_7: return b->w7;
	case WINDOWS_OTHER: break;
	}
	return by_windows_any(b);
}
