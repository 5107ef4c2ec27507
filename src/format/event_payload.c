#include "format/event_payload.h"

#include <jansson.h>
#include <string.h>

#include "format/event_names.h"

/* {"@Name": "IpAddress", "#text": "10.0.3.7"}; one that is empty has no text. */
static void
put_named(struct event_text *t, const json_t *data)
{
	const char *name = json_string_value(json_object_get(data, "@Name"));
	const json_t *text = json_object_get(data, "#text");

	if (!name || !json_is_string(text))
		return;
	const struct event_name n = event_name_of("EventData", name);
	if (n.part == EVENT_PART_DATA)
		event_text_put(t, n.part, n.data,
		               (struct event_value){ json_string_value(text),
		                                     json_string_length(text), false });
}

static void
put_data(struct event_text *t, const json_t *data)
{
	if (json_is_object(data))
		put_named(t, data);
	else if (json_is_string(data))
		event_text_put(t, EVENT_PART_UNNAMED, NULL,
		               (struct event_value){ json_string_value(data),
		                                     json_string_length(data), false });
}

/* Of a single Data there is no list. */
void
event_payload_read(struct event_text *t, const char *utf8, size_t len)
{
	json_t *root = json_loadb(utf8, len, 0, NULL);
	const json_t *data = json_object_get(json_object_get(root, "EventData"),
	                                     "Data");

	if (!json_is_array(data))
		put_data(t, data);
	for (size_t i = 0; i < json_array_size(data); i++)
		put_data(t, json_array_get(data, i));
	json_decref(root);
}
