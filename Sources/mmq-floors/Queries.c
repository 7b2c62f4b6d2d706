// Hard-coded loops: what the queries of the benchmark need at least.
//
//   Q1  kmem:mm_page_alloc { @[args.order] = count(); }
//   Q2  kmem:kmem_cache_alloc { @[(uint64)args.call_site] = count(); }
//   Q3  kmem:mm_page_alloc { @t[args.pfn] = nsecs; }
//       kmem:mm_page_free /@t[args.pfn]/ { @life = hist(nsecs - @t[args.pfn]); delete(@t, args.pfn); }
//   Q4  kmem:mm_page_alloc /args.gfp_flags & "__GFP_ZERO"/ { @[comm] = sum(1 << args.order); }
//   Q5  kmem:kmem_cache_alloc { @[(uint64)args.call_site, args.bytes_req] = hist(args.bytes_alloc); }
//   Q6  kmem:mm_page_alloc { printf("%s %d %lu %d\n", comm, tid, args.pfn, args.order); }
//
// Call sites are printed in hex, and buckets of histograms as numbers: 0 for what is negative, 1 for zero,
// n + 1 for values from 2^(n-1) up to 2^n.
#include "Queries.h"

#include <stdio.h>
#include <unistd.h>

#include "Cursor.h"
#include "Table.h"

enum { bucketCount = 66, mostHistograms = 1 << 16, firstCapacity = 4096 };
/// Linux 6.1, include/linux/gfp_types.h: ___GFP_ZERO.
static const uint64_t gfpZero = 0x100;

typedef uint64_t Histogram[bucketCount];

static inline int bucketOf(int64_t value) {
  if (value <= 0) return value == 0;
  return 65 - __builtin_clzll(value);
}

/// Calls BODY with `record` for every record, CPU after CPU, and counts them in `seen`.
#define FOR_EACH_RECORD(recording, BODY)                        \
  for (int cpu = 0; cpu < (recording)->cpuCount; cpu++) {       \
    Cursor cursor;                                              \
    openCursor(&cursor, recording, cpu);                        \
    for (uint8_t *record; (record = nextRecord(&cursor));) {    \
      seen++;                                                   \
      BODY                                                      \
    }                                                           \
    free(cursor.block);                                         \
  }

static uint64_t orders(const Recording *recording) {
  uint16_t id;
  uint64_t seen = 0, counts[32] = {0};
  int order = offsetOf(formatOf(recording, "mm_page_alloc", &id), "order");
  FOR_EACH_RECORD(recording, if (load16(record) == id) counts[load32(record + order) & 31]++;)
  for (int k = 0; k < 32; k++)
    if (counts[k]) printf("%d %lu\n", k, counts[k]);
  return seen;
}

static uint64_t callSites(const Recording *recording) {
  uint16_t id;
  uint64_t seen = 0;
  Table table;
  makeTable(&table, firstCapacity);
  int site = offsetOf(formatOf(recording, "kmem_cache_alloc", &id), "call_site");
  FOR_EACH_RECORD(recording, if (load16(record) == id) entryOf(&table, load64(record + site), 0)->value++;)
  for (uint64_t k = 0; k <= table.mask; k++)
    if (table.entries[k].isUsed) printf("%lx %lu\n", table.entries[k].key, table.entries[k].value);
  return seen;
}

static uint64_t lifetimes(const Recording *recording) {
  uint16_t made, freed;
  int madePage = offsetOf(formatOf(recording, "mm_page_alloc", &made), "pfn");
  int freedPage = offsetOf(formatOf(recording, "mm_page_free", &freed), "pfn");
  static Merge merge;
  Histogram histogram = {0};
  Table table;
  makeTable(&table, firstCapacity);
  openMerge(&merge, recording);
  uint64_t seen = 0, time;
  for (uint8_t *record; (record = nextMerged(&merge, &time)); seen++) {
    uint16_t id = load16(record);
    if (id == made) entryOf(&table, load64(record + madePage), 0)->value = time;
    if (id != freed) continue;
    Entry *entry = lookUp(&table, load64(record + freedPage), 0);
    if (!entry->isUsed || !entry->value) continue;
    histogram[bucketOf(time - entry->value)]++;
    removeEntry(&table, entry);
  }
  for (int k = 0; k < bucketCount; k++)
    if (histogram[k]) printf("%d %lu\n", k, histogram[k]);
  return seen;
}

/// Sums by thread become sums by name.
static void printByName(const Table *threads) {
  struct Sum {
    const char *name;
    uint64_t sum;
  } *sums = calloc(threads->count + 1, sizeof *sums);
  uint64_t count = 0;
  if (!sums) fail("no memory", "sums");
  for (uint64_t k = 0; k <= threads->mask; k++) {
    if (!threads->entries[k].isUsed) continue;
    const char *name = nameOfTask(threads->entries[k].key);
    uint64_t place = 0;
    while (place < count && strcmp(sums[place].name, name)) place++;
    if (place == count) sums[count++].name = name;
    sums[place].sum += threads->entries[k].value;
  }
  for (uint64_t k = 0; k < count; k++) printf("%s %lu\n", sums[k].name, sums[k].sum);
  free(sums);
}

static uint64_t zeroedPages(const Recording *recording) {
  uint16_t id;
  uint64_t seen = 0;
  Table table;
  makeTable(&table, firstCapacity);
  const char *format = formatOf(recording, "mm_page_alloc", &id);
  int order = offsetOf(format, "order"), flags = offsetOf(format, "gfp_flags");
  FOR_EACH_RECORD(recording, if (load16(record) == id && load64(record + flags) & gfpZero) {
    entryOf(&table, load32(record + 4), 0)->value += 1ull << (load32(record + order) & 63);
  })
  printByName(&table);
  return seen;
}

static uint64_t sizes(const Recording *recording) {
  uint16_t id;
  uint64_t seen = 0, used = 0;
  Table table;
  makeTable(&table, firstCapacity);
  Histogram *histograms = calloc(mostHistograms, sizeof *histograms);
  if (!histograms) fail("no memory", "histograms");
  const char *format = formatOf(recording, "kmem_cache_alloc", &id);
  int site = offsetOf(format, "call_site"), wanted = offsetOf(format, "bytes_req");
  int got = offsetOf(format, "bytes_alloc");
  FOR_EACH_RECORD(recording, if (load16(record) == id) {
    Entry *entry = entryOf(&table, load64(record + site), load64(record + wanted));
    if (!entry->value && (entry->value = ++used) >= mostHistograms) fail("too many keys", "Q5");
    histograms[entry->value][bucketOf(load64(record + got))]++;
  })
  for (uint64_t k = 0; k <= table.mask; k++) {
    const Entry *entry = &table.entries[k];
    for (int bucket = 0; entry->isUsed && bucket < bucketCount; bucket++) {
      uint64_t count = histograms[entry->value][bucket];
      if (count) printf("%lx %lu %d %lu\n", entry->key, entry->key2, bucket, count);
    }
  }
  return seen;
}

static inline char *putNumber(char *out, uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = '0' + value % 10;
  while (value /= 10);
  while (count > 0) *out++ = digits[--count];
  return out;
}

static char *flush(char *start, char *end) {
  while (start < end) {
    ssize_t size = write(STDOUT_FILENO, start, end - start);
    if (size < 0) fail("it cannot be written", "standard output");
    start += size;
  }
  return start;
}

static uint64_t lines(const Recording *recording) {
  enum { longestLine = 128 };
  uint16_t id;
  const char *format = formatOf(recording, "mm_page_alloc", &id);
  int order = offsetOf(format, "order"), page = offsetOf(format, "pfn");
  static Merge merge;
  char *buffer = malloc(blockSize + longestLine), *out = buffer;
  if (!buffer) fail("no memory", "output");
  openMerge(&merge, recording);
  uint64_t seen = 0, time;
  for (uint8_t *record; (record = nextMerged(&merge, &time)); seen++) {
    if (load16(record) != id) continue;
    uint32_t thread = load32(record + 4);
    for (const char *name = nameOfTask(thread); *name;) *out++ = *name++;
    *out++ = ' ';
    out = putNumber(out, thread);
    *out++ = ' ';
    out = putNumber(out, load64(record + page));
    *out++ = ' ';
    out = putNumber(out, load32(record + order));
    *out++ = '\n';
    if (out - buffer >= blockSize) {
      flush(buffer, out);
      out = buffer;
    }
  }
  flush(buffer, out);
  return seen;
}

uint64_t runQuery(char number, const Recording *recording) {
  switch (number) {
    case '1': return orders(recording);
    case '2': return callSites(recording);
    case '3': return lifetimes(recording);
    case '4': return zeroedPages(recording);
    case '5': return sizes(recording);
    case '6': return lines(recording);
    default: return 0;
  }
}
