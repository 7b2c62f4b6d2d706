// A hash table with open addressing, for keys of two words and a value of one.
#pragma once

#include <stdint.h>
#include <stdlib.h>

#include "Recording.h"

typedef struct {
  uint64_t key, key2, value, isUsed;
} Entry;

typedef struct {
  Entry *entries;
  /// A power of two, less one.
  uint64_t mask;
  uint64_t count;
} Table;

static inline uint64_t homeOf(const Table *table, uint64_t key, uint64_t key2) {
  uint64_t mixed = (key ^ (key2 * 0xff51afd7ed558ccdull)) * 0x9e3779b97f4a7c15ull;
  return (mixed >> 24) & table->mask;
}

static inline void makeTable(Table *table, uint64_t capacity) {
  *table = (Table){calloc(capacity, sizeof(Entry)), capacity - 1, 0};
  if (!table->entries) fail("no memory", "a table");
}

/// The entry of the key, or the free one where it belongs.
static inline Entry *lookUp(const Table *table, uint64_t key, uint64_t key2) {
  uint64_t place = homeOf(table, key, key2);
  for (;; place = (place + 1) & table->mask) {
    Entry *entry = &table->entries[place];
    if (!entry->isUsed || (entry->key == key && entry->key2 == key2)) return entry;
  }
}

static void growTable(Table *table) {
  Table larger;
  makeTable(&larger, (table->mask + 1) * 2);
  for (uint64_t k = 0; k <= table->mask; k++) {
    Entry *entry = &table->entries[k];
    if (entry->isUsed) *lookUp(&larger, entry->key, entry->key2) = *entry;
  }
  larger.count = table->count;
  free(table->entries);
  *table = larger;
}

/// The entry of the key, which is made with value 0 if it is new.
static inline Entry *entryOf(Table *table, uint64_t key, uint64_t key2) {
  Entry *entry = lookUp(table, key, key2);
  if (entry->isUsed) return entry;
  if (table->count * 4 >= (table->mask + 1) * 3) {
    growTable(table);
    entry = lookUp(table, key, key2);
  }
  *entry = (Entry){key, key2, 0, 1};
  table->count++;
  return entry;
}

/// Takes an entry out; those behind it move up, so that no gap hides them.
static inline void removeEntry(Table *table, Entry *entry) {
  uint64_t gap = entry - table->entries, place = gap;
  for (;;) {
    place = (place + 1) & table->mask;
    Entry *next = &table->entries[place];
    if (!next->isUsed) break;
    uint64_t home = homeOf(table, next->key, next->key2);
    if (((place - home) & table->mask) < ((place - gap) & table->mask)) continue;
    table->entries[gap] = *next;
    gap = place;
  }
  table->entries[gap].isUsed = 0;
  table->count--;
}
