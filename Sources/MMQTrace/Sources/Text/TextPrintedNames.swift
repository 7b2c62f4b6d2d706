// Fields that the kernel prints under other names than their own.

/// From the formats of Linux 6.1 and 6.18, which a test compares: scripts that are written for recordings ask texts by
/// the same names. What is printed is the field itself.
enum TextPrintedNames {
  /// By the field's own name what is printed.
  static func of(_ system: String, _ event: String) -> [String: String] {
    table["\(system):\(event)"] ?? [:]
  }

  /// Events, and `printed=field` for each.
  private static let table: [String: [String: String]] = {
    var all: [String: [String: String]] = [:]
    for row in rows.split(separator: "\n") {
      let halves = row.split(separator: "|")
      let pairs = halves[1].split(separator: " ").map { $0.split(separator: "=").map(String.init) }
      let names = Dictionary(uniqueKeysWithValues: pairs.map { ($0[1], $0[0]) })
      for event in halves[0].split(separator: " ") { all[String(event)] = names }
    }
    return all
  }()

  private static let rows = """
    compaction:mm_compaction_defer_compaction compaction:mm_compaction_defer_reset compaction:mm_compaction_deferred|\
    consider=considered node=nid zone=idx
    compaction:mm_compaction_finished compaction:mm_compaction_suitable|node=nid zone=idx
    compaction:mm_compaction_kcompactd_wake compaction:mm_compaction_wakeup_kcompactd|classzone_idx=highest_zoneidx
    compaction:mm_compaction_try_to_compact_pages|priority=prio
    huge_memory:mm_collapse_huge_page_isolate huge_memory:mm_khugepaged_scan_file|scan_pfn=pfn
    huge_memory:mm_khugepaged_scan_pmd|scan_pfn=pfn
    huge_memory:mm_khugepaged_collapse_file|hpage_pfn=hpfn
    kmem:mm_setup_per_zone_lowmem_reserve|lowmem_reserve_pages=lowmem_reserve
    kmem:mm_setup_per_zone_wmarks|high=watermark_high low=watermark_low min=watermark_min promo=watermark_promo
    kmem:rss_stat|type=member
    migrate:mm_migrate_pages|nr_failed=failed nr_split=large_folio_split nr_succeeded=succeeded \
    nr_thp_failed=thp_failed nr_thp_split=thp_split nr_thp_succeeded=thp_succeeded
    mmap:vm_unmapped_area|hi=high_limit len=length lo=low_limit mask=align_mask ofs=align_offset
    oom:compact_retry|compaction_result=result should_retry=ret
    oom:reclaim_retry_zone|zone=zone_idx
    sched:sched_process_fork|comm=parent_comm pid=parent_pid
    vmscan:mm_vmscan_lru_isolate|classzone=highest_zoneidx
    vmscan:mm_vmscan_lru_shrink_active vmscan:mm_vmscan_write_folio vmscan:mm_vmscan_writepage|flags=reclaim_flags
    vmscan:mm_vmscan_lru_shrink_inactive|flags=reclaim_flags nr_activate_anon=nr_activate0 nr_activate_file=nr_activate1
    vmscan:mm_vmscan_reclaim_pages|nr_activate_anon=nr_activate0 nr_activate_file=nr_activate1
    vmscan:mm_vmscan_throttled|usect_delayed=usec_delayed
    """
}
