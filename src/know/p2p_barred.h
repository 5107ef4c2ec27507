/* The rows of p2p-barred.tsv, for p2p_ports.c alone. */
#ifndef KNOW_P2P_BARRED_H
#define KNOW_P2P_BARRED_H

#include <stddef.h>
#include <stdint.h>

extern const uint32_t p2p_barred_words[];
extern const size_t p2p_barred_words_count; /* 64: each word is 1024 ports */

#endif
