using Realtime.Messages.Sessions;

namespace Realtime.Node.Connections.Core;

/// <summary>A request of the client that its session answers.</summary>
/// <param name="ClientId">The client's id of it; 0: it wants no answer.</param>
/// <param name="Since">Monotonic milliseconds.</param>
/// <param name="Bytes">For a change of state: what key and value take; 0 when it is removed.</param>
internal sealed record SessionCall(SessionRequest Request, long ClientId, long Since, int Bytes = 0)
{
    public long Tag => Request.Tag;

    /// <summary>
    /// Copies that were sent and not given back. While there is another one, a refusal of this one says nothing for certain.
    /// </summary>
    public int Copies { get; set; }

    /// <summary>The key that it changes; null: it is no change of state.</summary>
    public string? Key => (Request as SessionRequest.SetState)?.Key;
}
