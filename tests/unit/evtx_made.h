/* Chunks of .evtx logs that no Windows wrote, token by token; and what is read. */
#ifndef TESTS_EVTX_MADE_H
#define TESTS_EVTX_MADE_H

#include "base/buf.h"
#include "format/evtx_parts.h"

#define TOLD_MOST 1024
#define TOLD_ROOM 96

/* The events of a chunk or a file, with their texts as UTF-8. */
struct told_event {
	struct log_event event;
	char text[LOG_TEXTS][TOLD_ROOM];
};

struct told {
	struct told_event *at; /* room for TOLD_MOST */
	size_t count;
	struct log_tally tally;
	enum heard heard; /* of the last chunk that was none of HEARD, HEARD_NOTHING */
};

void told_init(struct told *);
void told_free(struct told *);

/* A chunk, or all of a file; `shapes` are remembered at most. */
void told_chunk(struct told *, struct span chunk, size_t shapes);
void told_file(struct told *, struct span file, size_t shapes);

/* Are they the same, to the last text? */
bool told_same(const struct told *, const struct told *);

struct made {
	struct buf b;
	size_t record;      /* where it begins */
	size_t definition;  /* the same */
	bool is_definition; /* elements have two bytes more */
};

void made_begin(struct made *);
void made_free(struct made *);

/* Its free space begins here; `room` bytes follow. */
void made_end(struct made *, size_t room);

void made_record(struct made *, uint64_t number);
void made_record_end(struct made *);

void made_open(struct made *, const char *name);
void made_open_with(struct made *, const char *name); /* attributes follow */
void made_attribute(struct made *, const char *name); /* its text or gap follows */
void made_text(struct made *, const char *text);
void made_entity(struct made *, const char *name);
void made_gap(struct made *, uint16_t number, uint8_t type);
void made_token(struct made *, enum evtx_token);

/* "<name>text</name>" */
void made_leaf(struct made *, const char *name, const char *text);
/* "<name attribute="text"/>" */
void made_mark(struct made *, const char *name, const char *attribute,
               const char *text);
/* "<Data Name="name">text</Data>"; without a name where it is NULL. */
void made_data(struct made *, const char *name, const char *text);

/* A template whose definition stands here; returns where. */
size_t made_template(struct made *);
void made_template_end(struct made *);
/* The table of the values, which the caller lets follow. */
void made_values(struct made *, const uint16_t (*len_and_type)[2], size_t count);
/* An instance of a template that has stood before. */
void made_instance(struct made *, size_t definition);

struct made_system {
	const char *provider, *id, *keywords, *time, *channel, *computer;
};

/* A failed logon as the provider of Windows tells of it. */
extern const struct made_system made_4625;

void made_system(struct made *, struct made_system);
/* A record without a template: System, and Data by pairs of name and text. */
void made_event(struct made *, struct made_system, const char *const (*data)[2],
                size_t count);

#endif
