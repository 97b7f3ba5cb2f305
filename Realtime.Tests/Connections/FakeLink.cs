using Realtime.Messages.Errors;
using Realtime.Node.Codecs;
using Realtime.Node.Connections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>A link whose peer reads only when the test lets it.</summary>
internal sealed class FakeLink() : HeldSender(continuesInline: false), IClientLink
{
    public string Transport => "fake";

    public IFrameCodec Codec { get; } = new JsonFrameCodec();

    public CloseCode? Closed { get; private set; }

    /// <summary>What it says of how far what was sent has come.</summary>
    public LinkProgress? Progress { get; set; }

    public LinkProgress? Measure() => Progress;

    public ValueTask CloseAsync(CloseCode code, string reason)
    {
        Closed = code;
        return ValueTask.CompletedTask;
    }
}
