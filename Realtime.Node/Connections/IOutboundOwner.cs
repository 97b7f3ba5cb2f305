using Realtime.Messages.Errors;

namespace Realtime.Node.Connections;

/// <summary>Who is told what becomes of a queue; on any thread, must not block.</summary>
internal interface IOutboundOwner
{
    /// <summary>A queue that had refused content has room again.</summary>
    void OnRoom();

    /// <summary>The goodbye is out: close the link now.</summary>
    void OnFlushed(CloseCode code, string reason);

    void OnSendFailed(Exception failure);
}
