#include "know/disabled_services.h"

bool
disabled_service_is_of(const struct disabled_service *s, const struct installation *w)
{
	switch (w->kind) {
	case WINDOWS_2000: return s->w2000;
	case WINDOWS_XP: return s->xp;
	case WINDOWS_2003: return s->w2003;
	case WINDOWS_VISTA: return s->vista;
	case WINDOWS_2008: return s->w2008;
	case WINDOWS_7: return s->w7;
	case WINDOWS_OTHER: break;
	}
	return true;
}
