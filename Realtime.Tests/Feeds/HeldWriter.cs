using Realtime.Node.Feeds;
using Realtime.Tests.Support;

namespace Realtime.Tests.Feeds;

/// <summary>A transport whose peer reads only when the test lets it; everything runs in the caller's turn.</summary>
internal sealed class HeldWriter() : HeldSender(continuesInline: true), IFrameWriter;
