// Numbers that a text prints in the base 16 or 8 without a mark: `ino=10` is 16.

/// From the formats of Linux 6.1 and 6.18, which a test compares.
enum TextBase {
  /// Of what stands as `name=value`: under the name that the kernel prints, or under that of the field, as
  /// trace-cmd report -R writes.
  static func of(_ name: String, in event: String, of system: String) -> UInt8 {
    if isIn(decimal, name, event, system) { return 10 }
    if isIn(hexadecimal, name, event, system) { return 16 }
    return isIn(octal, name, event, system) ? 8 : 10
  }

  /// Fields of an event that trace-cmd report -R prints in the base 10, as libtraceevent 1.7 loses its place in
  /// the format, though the format has another base; other versions may not.
  static func unsure(_ event: String, of system: String) -> Set<String> {
    unsure["\(system):\(event)"] ?? []
  }

  private typealias Table = [String: Set<String>]

  private static func isIn(
    _ table: Table, _ name: String, _ event: String, _ system: String
  ) -> Bool {
    if table[system]?.contains(name) == true { return true }
    return hasEvents.contains(system) && table["\(system):\(event)"]?.contains(name) == true
  }

  /// Rows of a system or of events of one, and names.
  private static func table(_ rows: String) -> Table {
    var all: Table = [:]
    for row in rows.split(separator: "\n") {
      let halves = row.split(separator: "|")
      for place in halves[0].split(separator: " ") {
        all[String(place), default: []].formUnion(halves[1].split(separator: " ").map(String.init))
      }
    }
    return all
  }

  /// Systems whose events differ.
  private static let hasEvents: Set<String> = Set(
    [decimal, hexadecimal, octal].flatMap(\.keys).compactMap { place in
      place.firstIndex(of: ":").map { String(place[..<$0]) }
    })

  /// Events that use a name of their system's otherwise.
  private static let decimal = table(
    """
    fscache:fscache_active|c
    writeback:wbc_writepage|mode
    """)

  private static let hexadecimal = table(
    """
    bridge|ndm_flags
    dma|addr dma_addr phys_addr
    error_report|id
    filemap readahead|i_ino ino
    fscache|C V c cache cookie f flags new_size old_size os sz volume
    huge_memory|addr
    hyperv|addr as end vector
    i2c|a addr f flags
    io_uring|addr3 mask
    jbd2|write_flags
    migrate|addr pte
    mptcp|csum
    netfs|R c cookie f ni rreq s subreq
    regmap|reg val
    sched|numa_scan_offset vm_end vm_start
    signal|sa_flags sa_handler
    smbus|a addr c command f flags
    swiotlb|dev_addr dma_mask
    task|clone_flags
    tcp|sock_cookie
    thp|addr pmd
    timer_migration|active child_active childmask group_active groupmask migrator
    kvm|a5 cr cr_read cr_write csbase dest_id ecx exceptions format function ghcb_gpa gpa hv_timer_in_use icrl \
    info1 info2 intercept1 intercept2 intercept3 rax rbx rcx rdx rip
    kvm:kvm_apic_accept_irq kvm:kvm_apicv_accept_irq kvm:kvm_eoi kvm:kvm_pv_eoi|apicid
    kvm:kvm_vmgexit_enter kvm:kvm_vmgexit_exit|exit_reason
    kvm:kvm_cpuid|index
    kvm:kvm_hv_timer_state|vcpu_id
    kvm:kvm_hv_send_ipi kvm:kvm_hv_send_ipi_ex|vector
    kvmmmu|access addr cr2_or_gpa gen gpa kvm_gen mmu_used_pages new_spte old_spte pferr pfn pte spte spte_gen sptep
    kvmmmu:handle_mmio_page_fault kvmmmu:kvm_mmu_set_spte kvmmmu:kvm_mmu_split_huge_page|gfn
    kvmmmu:kvm_mmu_spte_requested kvmmmu:kvm_tdp_mmu_spte_changed kvmmmu:mark_mmio_spte|gfn
    mce|addr apicid cpuid ip ipid mcgcap mcgstatus misc status synd tsc
    msr|msr val
    neigh|flags type update_flags
    netfs:netfs_rreq|flags
    netfs:netfs_read|len start
    ras|midr mpidr
    rpm|flags
    x86_fpu|xcomp_bv xfeatures
    xen|addr cr3 desc end pfn
    xfs|tid
    erofs:erofs_lookup|flags
    """)

  private static let octal = table(
    """
    hugetlbfs|ia_mode mode
    writeback|mode
    ext4:ext4_allocate_inode ext4:ext4_free_blocks ext4:ext4_request_inode|mode
    """)

  private static let unsure = table(
    """
    bridge:br_fdb_add|nlh_flags
    dma:dma_alloc_sgt dma:dma_free_sgt|dma_addr
    ext4:ext4_da_release_space ext4:ext4_da_reserve_space ext4:ext4_da_update_reserve_space|mode
    ext4:ext4_forget ext4:ext4_free_inode ext4:ext4_other_inode_update_time|mode
    fib:fib_table_lookup fib6:fib6_table_lookup|flags
    mce:mce_record|cs
    netfs:netfs_failure netfs:netfs_sreq|flags len start transferred
    netfs:netfs_read|netfs_inode
    ras:extlog_mem_event|pa pa_mask_lsb
    timer_migration:tmigr_connect_child_parent timer_migration:tmigr_connect_cpu_parent|groupmask
    timer_migration:tmigr_group_set_cpu_active timer_migration:tmigr_group_set_cpu_inactive|active migrator
    timer_migration:tmigr_update_events|child_active group_active
    xen:xen_mmu_ptep_modify_prot_commit xen:xen_mmu_ptep_modify_prot_start xen:xen_mmu_set_pte|pteval
    xen:xen_mmu_set_p4d|p4dval
    xen:xen_mmu_set_pmd|pmdval
    xen:xen_mmu_set_pud|pudval
    """)
}
