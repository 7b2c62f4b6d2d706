// The queries of the benchmark, as mmq and as awk ask them.

/// Q1 to Q6: those at the head of `floors.c`.
struct BenchQuery: Sendable {
  let number: Int
  /// In mmq's language.
  let script: String
  /// Over the text of `trace-cmd report` or `perf script`.
  let awk: String
  /// The most time on one core, and on all cores, as multiples of the floor's on one core.
  let oneCore: Double
  let allCores: Double

  var name: String { "Q\(number)" }

  /// The length of a stay, as the shift of a power of two.
  private static let log = "int(log(d) / log(2))"
  /// The name and the id of the task: `name-id [cpu]`, or `name id [cpu]`.
  private static let task = """
    match($0, /[- ][0-9]+ +\\[[0-9]+\\]/); name = substr($0, 1, RSTART - 1); \
    id = substr($0, RSTART + 1, RLENGTH - 1) + 0; gsub(/^ +| +$/, "", name);
    """

  /// Sets a variable to what stands behind `name=`.
  private static func field(_ name: String, to variable: String) -> String {
    let skip = name.utf8.count + 1
    return "match($0, /\(name)=[^ ]+/); "
      + "\(variable) = substr($0, RSTART + \(skip), RLENGTH - \(skip));"
  }

  static let all = [
    BenchQuery(
      number: 1, script: "tracepoint:kmem:mm_page_alloc { @[args.order] = count(); }",
      awk: """
        /mm_page_alloc: / { \(field("order", to: "k")) n[k]++ }
        END { for (k in n) print k, n[k] }
        """, oneCore: 1.3, allCores: 0.75),
    BenchQuery(
      number: 2,
      script: "tracepoint:kmem:kmem_cache_alloc { @[(uint64)args.call_site] = count(); }",
      awk: """
        /kmem_cache_alloc: / { \(field("call_site", to: "k")) n[k]++ }
        END { for (k in n) print k, n[k] }
        """, oneCore: 1.5, allCores: 0.9),
    BenchQuery(
      number: 3,
      script: """
        tracepoint:kmem:mm_page_alloc { @t[args.pfn] = nsecs; }
        tracepoint:kmem:mm_page_free /@t[args.pfn]/ {
          @life = hist(nsecs - @t[args.pfn]); delete(@t, args.pfn);
        }
        end { clear(@t); }
        """,
      awk: """
        /mm_page_(alloc|free): / {
          \(field("pfn", to: "k"))
          match($0, /\\] +[0-9.]+: /); now = substr($0, RSTART + 1, RLENGTH - 3) * 1e9
          if ($0 ~ /mm_page_alloc: /) t[k] = now
          else if (k in t) { d = now - t[k]; n[d > 0 ? \(log) : -1]++; delete t[k] }
        }
        END { for (k in n) print k, n[k] }
        """, oneCore: 2.0, allCores: 1.8),
    BenchQuery(
      number: 4,
      script: """
        tracepoint:kmem:mm_page_alloc /args.gfp_flags & "__GFP_ZERO"/ {
          @[comm] = sum(1 << args.order);
        }
        """,
      awk: """
        /mm_page_alloc: .*__GFP_ZERO/ { \(task) \(field("order", to: "k")) n[name] += 2 ^ k }
        END { for (k in n) print k, n[k] }
        """, oneCore: 1.5, allCores: 0.9),
    BenchQuery(
      number: 5,
      script: """
        tracepoint:kmem:kmem_cache_alloc {
          @[(uint64)args.call_site, args.bytes_req] = hist(args.bytes_alloc);
        }
        """,
      awk: """
        /kmem_cache_alloc: / {
          \(field("call_site", to: "k")) \(field("bytes_req", to: "r"))
          \(field("bytes_alloc", to: "d")) n[k " " r " " \(log)]++
        }
        END { for (k in n) print k, n[k] }
        """, oneCore: 2.0, allCores: 1.2),
    BenchQuery(
      number: 6,
      script: #"""
        tracepoint:kmem:mm_page_alloc { printf("%s %d %lu %d\n", comm, tid, args.pfn, args.order); }
        """#,
      awk: """
        /mm_page_alloc: / {
          \(task) \(field("pfn", to: "p")) \(field("order", to: "k")) print name, id, p, k
        }
        """, oneCore: 2.5, allCores: 2.5),
  ]
}
