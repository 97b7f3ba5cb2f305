using Realtime.Messages.Errors;

namespace Realtime.Node.Feeds;

/// <summary>Hears how an <see cref="OutboundQueue"/> ends. Called on any thread; must not block.</summary>
internal interface IOutboundListener
{
    /// <summary>The goodbye is out: close the transport with this code.</summary>
    void OnFlushed(CloseCode code, string reason);

    /// <summary>Sending failed in a way the transport does not explain; it has been aborted.</summary>
    void OnSendFailed(Exception failure);
}
