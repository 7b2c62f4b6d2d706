// A stream that knows which of several inputs it is of.

final class JoinedStream: PageStream {
  let input: Int
  private let stream: any PageStream

  private init(_ input: Int, _ stream: any PageStream) {
    (self.input, self.stream) = (input, stream)
  }

  /// The first input's streams are what they say they are.
  static func of(input: Int, _ stream: any PageStream) -> any PageStream {
    input == 0 ? stream : JoinedStream(input, stream)
  }

  var cpu: UInt32 { stream.cpu }
  var buffer: String { stream.buffer }
  var layout: RingLayout { stream.layout }
  var part: PagePart { stream.part }
  var cpuOfLosses: UInt32 { stream.cpuOfLosses }
  var tellsOfTasksOnly: Bool { stream.tellsOfTasksOnly }
  var isContinuous: Bool { stream.isContinuous }
  func pageBeyond() -> UnsafeRawBufferPointer? { stream.pageBeyond() }
  func readOn(upTo limit: Int, while isIdle: () -> Bool) -> Int {
    stream.readOn(upTo: limit, while: isIdle)
  }
  func nextPage() -> UnsafeRawBufferPointer? { stream.nextPage() }
}
