using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>A request of the client that is under way.</summary>
/// <param name="Id">The client's id; 0 when it wants no answer.</param>
/// <param name="Since">Monotonic milliseconds.</param>
/// <param name="Expires">For a refresh: what is answered when it went through.</param>
internal readonly record struct OpenRequest(long Id, RequestKind Kind, long Since, ChannelName Channel = default, long? Expires = null)
{
    /// <summary>For presence: the last member of the part before.</summary>
    public SessionId After { get; init; }

    /// <summary>For a change of state: its key.</summary>
    public string? Key { get; init; }

    /// <summary>For a change of state: bytes of key and value; 0 when it is removed.</summary>
    public int Bytes { get; init; }
}
