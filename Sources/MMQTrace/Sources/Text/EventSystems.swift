// The systems of events, for text that names events only.

/// Which system an event is of: names are unique among the kernel's events, and most begin with their
/// system. From the events of Linux 6.1 and 6.18, which a test compares.
public enum EventSystems {
  /// Of an event that is none of the kernel's known ones: scripts may say any system.
  public static let unknown = "unknown"

  /// The system of an event's name; `unknown` where no rule tells it.
  public static func system(of name: String) -> String {
    if let system = byName[name] { return system }
    if name.hasPrefix("sys_enter_") || name.hasPrefix("sys_exit_") { return "syscalls" }
    var end = name.endIndex
    while let cut = name[..<end].lastIndex(of: "_") {
      if prefixes.contains(String(name[..<cut])) { return String(name[..<cut]) }
      end = cut
    }
    return unknown
  }

  private static let byName: [String: String] = {
    var all: [String: String] = [:]
    for row in others.split(separator: "\n") {
      let words = row.split(separator: " ")
      for name in words.dropFirst() { all[String(name)] = String(words[0].dropLast()) }
    }
    return all
  }()

  /// Systems whose events begin with their names.
  private static let prefixes = Set(
    """
    9p alarmtimer block bpf_trace btrfs cgroup clk cpuhp cros_ec csd damon devfreq devlink dma \
    dma_fence erofs error_report ext4 fib fib6 filemap fscache fuse gpio hugetlbfs hwmon hyperv \
    i2c icmp initcall io_uring iocost iomap ipi irq irq_matrix jbd2 kmem ksm kvm kyber mce mei \
    memcg mmap_lock module mptcp napi neigh net netfs netlink nmi notifier oom page_pool percpu \
    power pwm qdisc rcu regmap regulator rpm rseq rtc sched signal skb smbus sock spi swiotlb \
    task tcp thermal thermal_power_allocator timer tlb udp watchdog wbt workqueue writeback \
    x86_fpu xdp xen xfs
    """.split(separator: " ").map(String.init))

  /// The other events, by system; a long row has several lines.
  private static let others = """
    amd_cpu: amd_pstate_epp_perf amd_pstate_perf
    avc: selinux_audited
    block: blk_zone_append_update_request_bio blk_zone_wplug_bio blkdev_zone_mgmt
    block: disk_zone_wplug_add_bio
    bpf_test_run: bpf_test_finish bpf_trigger_tp
    bridge: br_fdb_add br_fdb_external_learn_add br_fdb_update br_mdb_full fdb_delete
    btrfs: add_delayed_data_ref add_delayed_ref_head add_delayed_tree_ref extent_writepage
    btrfs: raid56_read raid56_write run_delayed_data_ref run_delayed_ref_head
    btrfs: run_delayed_tree_ref update_bytes_may_use update_bytes_pinned
    btrfs: update_bytes_zone_unusable
    capability: cap_capable
    compaction: mm_compaction_begin mm_compaction_defer_compaction mm_compaction_defer_reset
    compaction: mm_compaction_deferred mm_compaction_end mm_compaction_fast_isolate_freepages
    compaction: mm_compaction_finished mm_compaction_isolate_freepages
    compaction: mm_compaction_isolate_migratepages mm_compaction_kcompactd_sleep
    compaction: mm_compaction_kcompactd_wake mm_compaction_migratepages mm_compaction_suitable
    compaction: mm_compaction_try_to_compact_pages mm_compaction_wakeup_kcompactd
    context_tracking: user_enter user_exit
    damon: damos_before_apply damos_esz
    dev: devres_log
    exceptions: page_fault_kernel page_fault_user
    filelock: break_lease_block break_lease_noblock break_lease_unblock fcntl_setlk
    filelock: flock_lock_inode generic_add_lease generic_delete_lease leases_conflict
    filelock: locks_get_lock_context locks_remove_posix posix_lock_inode time_out_leases
    filemap: file_check_and_advance_wb_err mm_filemap_add_to_page_cache
    filemap: mm_filemap_delete_from_page_cache mm_filemap_fault mm_filemap_get_pages
    filemap: mm_filemap_map_pages
    ftrace: bprint bputs branch context_switch func_repeats funcgraph_entry funcgraph_exit function
    ftrace: hwlat kernel_stack mmiotrace_map mmiotrace_rw osnoise print raw_data timerlat user_stack
    ftrace: wakeup
    fs_dax: dax_insert_mapping dax_insert_pfn_mkwrite dax_insert_pfn_mkwrite_no_entry
    fs_dax: dax_load_hole dax_pmd_fault dax_pmd_fault_done dax_pmd_insert_mapping
    fs_dax: dax_pmd_load_hole dax_pmd_load_hole_fallback dax_pte_fault dax_pte_fault_done
    fs_dax: dax_writeback_one dax_writeback_range dax_writeback_range_done
    huge_memory: mm_collapse_huge_page mm_collapse_huge_page_isolate
    huge_memory: mm_collapse_huge_page_swapin mm_khugepaged_collapse_file
    huge_memory: mm_khugepaged_scan_file mm_khugepaged_scan_pmd
    intel_iommu: prq_report qi_submit
    iommu: add_device_to_group attach_device_to_domain detach_device_from_domain io_page_fault
    iommu: map remove_device_from_group unmap
    irq: softirq_entry softirq_exit softirq_raise tasklet_entry tasklet_exit
    irq_vectors: call_function_entry call_function_exit call_function_single_entry
    irq_vectors: call_function_single_exit deferred_error_apic_entry deferred_error_apic_exit
    irq_vectors: error_apic_entry error_apic_exit irq_work_entry irq_work_exit local_timer_entry
    irq_vectors: local_timer_exit reschedule_entry reschedule_exit spurious_apic_entry
    irq_vectors: spurious_apic_exit thermal_apic_entry thermal_apic_exit threshold_apic_entry
    irq_vectors: threshold_apic_exit vector_activate vector_alloc vector_alloc_managed
    irq_vectors: vector_clear vector_config vector_deactivate vector_free_moved vector_reserve
    irq_vectors: vector_reserve_managed vector_setup vector_teardown vector_update
    irq_vectors: x86_platform_ipi_entry x86_platform_ipi_exit
    kmem: kfree kmalloc mm_calculate_totalreserve_pages mm_page_alloc mm_page_alloc_extfrag
    kmem: mm_page_alloc_zone_locked mm_page_free mm_page_free_batched mm_page_pcpu_drain
    kmem: mm_setup_per_zone_lowmem_reserve mm_setup_per_zone_wmarks rss_stat
    kvm: vcpu_match_mmio
    kvmmmu: check_mmio_spte fast_page_fault handle_mmio_page_fault kvm_mmu_get_page
    kvmmmu: kvm_mmu_pagetable_walk kvm_mmu_paging_element kvm_mmu_prepare_zap_page
    kvmmmu: kvm_mmu_set_accessed_bit kvm_mmu_set_dirty_bit kvm_mmu_set_spte
    kvmmmu: kvm_mmu_split_huge_page kvm_mmu_spte_requested kvm_mmu_sync_page kvm_mmu_unsync_page
    kvmmmu: kvm_mmu_walker_error kvm_mmu_zap_all_fast kvm_tdp_mmu_spte_changed mark_mmio_spte
    lock: contention_begin contention_end
    maple_tree: ma_op ma_read ma_write
    memcg: count_memcg_events mod_memcg_lruvec_state mod_memcg_state
    migrate: mm_migrate_pages mm_migrate_pages_start remove_migration_pte set_migration_pte
    mmap: exit_mmap vm_unmapped_area vma_mas_szero vma_store
    mptcp: ack_update_msk get_mapping_status subflow_check_data_avail
    msr: rdpmc read_msr write_msr
    napi: dql_stall_detected
    net: napi_gro_frags_entry napi_gro_frags_exit napi_gro_receive_entry napi_gro_receive_exit
    net: netif_receive_skb netif_receive_skb_entry netif_receive_skb_exit
    net: netif_receive_skb_list_entry netif_receive_skb_list_exit netif_rx netif_rx_entry
    net: netif_rx_exit
    oom: compact_retry finish_task_reaping mark_victim reclaim_retry_zone skip_task_reaping
    oom: start_task_reaping wake_reaper
    page_isolation: test_pages_isolated
    pagemap: mm_lru_activate mm_lru_insertion
    power: clock_disable clock_enable clock_set_rate cpu_frequency cpu_frequency_limits cpu_idle
    power: cpu_idle_miss dev_pm_qos_add_request dev_pm_qos_remove_request
    power: dev_pm_qos_update_request device_pm_callback_end device_pm_callback_start
    power: guest_halt_poll_ns pm_qos_add_request pm_qos_remove_request pm_qos_update_flags
    power: pm_qos_update_request pm_qos_update_target powernv_throttle pstate_sample
    power: suspend_resume wakeup_source_activate wakeup_source_deactivate
    printk: console
    ras: aer_event arm_event extlog_mem_event mc_event memory_failure_event non_standard_event
    raw_syscalls: sys_enter sys_exit
    readahead: page_cache_async_ra page_cache_ra_order page_cache_ra_unbounded
    readahead: page_cache_sync_ra
    regmap: regcache_drop_region regcache_sync
    resctrl: pseudo_lock_l2 pseudo_lock_l3 pseudo_lock_mem_latency
    skb: consume_skb kfree_skb
    sock: inet_sk_error_report inet_sock_set_state sk_data_ready
    thermal: cdev_update
    thermal_power_allocator: thermal_power_allocator
    thp: hugepage_set_pmd hugepage_update remove_migration_pmd set_migration_pmd
    timer: hrtimer_cancel hrtimer_expire_entry hrtimer_expire_exit hrtimer_init hrtimer_setup
    timer: hrtimer_start itimer_expire itimer_state tick_stop
    timer_migration: tmigr_connect_child_parent tmigr_connect_cpu_parent tmigr_cpu_active
    timer_migration: tmigr_cpu_idle tmigr_cpu_new_timer tmigr_cpu_new_timer_idle
    timer_migration: tmigr_cpu_offline tmigr_cpu_online tmigr_group_set
    timer_migration: tmigr_group_set_cpu_active tmigr_group_set_cpu_inactive tmigr_handle_remote
    timer_migration: tmigr_handle_remote_cpu tmigr_update_events
    timestamp: ctime_ns_xchg ctime_xchg_skip fill_mg_cmtime inode_set_ctime_to_ts
    vmalloc: alloc_vmap_area free_vmap_area_noflush purge_vmap_area_lazy
    vmscan: mm_shrink_slab_end mm_shrink_slab_start mm_vmscan_direct_reclaim_begin
    vmscan: mm_vmscan_direct_reclaim_end mm_vmscan_kswapd_sleep mm_vmscan_kswapd_wake
    vmscan: mm_vmscan_lru_isolate mm_vmscan_lru_shrink_active mm_vmscan_lru_shrink_inactive
    vmscan: mm_vmscan_memcg_reclaim_begin mm_vmscan_memcg_reclaim_end
    vmscan: mm_vmscan_memcg_softlimit_reclaim_begin mm_vmscan_memcg_softlimit_reclaim_end
    vmscan: mm_vmscan_node_reclaim_begin mm_vmscan_node_reclaim_end mm_vmscan_reclaim_pages
    vmscan: mm_vmscan_throttled mm_vmscan_wakeup_kswapd mm_vmscan_write_folio
    vsock: virtio_transport_alloc_pkt virtio_transport_recv_pkt
    vsyscall: emulate_vsyscall
    writeback: balance_dirty_pages bdi_dirty_ratelimit flush_foreign folio_wait_writeback
    writeback: global_dirty_state inode_foreign_history inode_switch_wbs inode_switch_wbs_queue
    writeback: sb_clear_inode_writeback sb_mark_inode_writeback track_foreign_dirty
    writeback: wbc_writepage
    xdp: bpf_xdp_link_attach_failed mem_connect mem_disconnect mem_return_failed
    xfs: xlog_ail_insert_abort xlog_iclog_activate xlog_iclog_callback xlog_iclog_callbacks_done
    xfs: xlog_iclog_callbacks_start xlog_iclog_clean xlog_iclog_force xlog_iclog_force_lsn
    xfs: xlog_iclog_get_space xlog_iclog_release xlog_iclog_switch xlog_iclog_sync
    xfs: xlog_iclog_sync_done xlog_iclog_syncing xlog_iclog_wait_on xlog_iclog_write
    xfs: xlog_intent_recovery_failed
    """
}
