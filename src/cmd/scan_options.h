/* The options of `confine scan`, and what they come to. */
#ifndef CMD_SCAN_OPTIONS_H
#define CMD_SCAN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/options.h"
#include "reach/engine.h"
#include "reach/targets.h"
#include "reach/visit.h"

struct scan_options {
	/* targets */
	struct words lists;      /* -iL */
	struct words nmap_files; /* --from-xml */
	struct words exclude;
	struct words exclude_files;
	bool own_network;
	/* mode */
	bool quick;
	bool deep;
	const char *ports;
	const char *real_ip;
	uint64_t nbstat_port;
	/* pace */
	uint64_t rate;
	uint64_t parallel;
	uint64_t p2p_rate;
	uint64_t timeout_ms; /* 0: not said */
	uint64_t retries;
	uint64_t per_host_delay_ms;
	bool gentle;
	uint64_t seed; /* 0: chosen by us */
	const char *shard;
	/* account */
	const char *user;
	const char *domain;
	const char *password_file;
	const char *account_file;
	bool ntlmv1;
	/* results */
	const char *case_path;
	bool resume;
	bool all;
	struct words outputs;
	const char *format;
	const char *color;
	bool no_progress;
	bool quiet;
	unsigned verbose;
};

#define SCAN_NOT_SAID UINT64_MAX

/* The command, in scan.c; its options and help are with the options. */
int scan_run(int argc, char **argv);

extern const struct scan_options scan_defaults;

/* What is wrong has been said on standard error when one of these refuses. */
CHECKED enum err scan_plan(const struct scan_options *o, struct visit_plan *plan);
CHECKED enum err scan_pace(const struct scan_options *o, struct pace *pace);
CHECKED enum err scan_targets(const struct scan_options *o, char **words, size_t count,
                              struct targets *targets);
CHECKED enum err scan_shard(const struct scan_options *o, uint32_t *shard,
                            uint32_t *shards);

#endif
