#include "know/disabled_services.h"

#include "base/text.h"

const struct disabled_service *
disabled_service_find(const char *service)
{
	for (size_t i = 0; i < disabled_services_count; i++) {
		if (text_same(disabled_services[i].service, service))
			return &disabled_services[i];
	}
	return NULL;
}

enum service_start
disabled_service_start(const struct disabled_service *s, enum windows_kind kind)
{
	switch (kind) {
	case WINDOWS_2000: return s->starts.w2000;
	case WINDOWS_XP: return s->starts.xp;
	case WINDOWS_2003: return s->starts.w2003;
	case WINDOWS_VISTA: return s->starts.vista;
	case WINDOWS_2008: return s->starts.w2008;
	case WINDOWS_7: return s->starts.w7;
	case WINDOWS_OTHER: break;
	}
	return START_NONE;
}

bool
disabled_service_is_on(const struct disabled_service *s, enum windows_kind kind)
{
	return kind == WINDOWS_OTHER || disabled_service_start(s, kind) != START_NONE;
}
