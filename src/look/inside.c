#include "look/inside.h"

#include "base/text.h"

static enum err (*const detectors[])(const struct inside *) = {
	look_services, look_files,     look_run_values, look_tasks,
	look_memory,   look_removable, look_settings,
};

enum err
look_inside(struct machine *m, const struct installation *windows, const char *host,
            int64_t time_ms, struct findings *out)
{
	struct inside in = { .machine = m, .windows = windows, .out = out };

	for (size_t i = 0; i < sizeof detectors / sizeof detectors[0]; i++) {
		TRY(detectors[i](&in));
		if (machine_failed(m))
			return ERR_MEMORY;
	}
	for (size_t i = 0; i < out->count; i++) {
		(void)text_copy(out->at[i].host, sizeof out->at[i].host, host);
		out->at[i].time_ms = time_ms;
	}
	return OK;
}
