using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What a connection asks of <see cref="AnonymousLedger"/>, which all connections of a node share. Times are monotonic milliseconds.</summary>
internal interface IAnonymousSessions
{
    /// <summary>A connection stands for this session now.</summary>
    /// <param name="bytes">What the session holds, as far as the connection was told.</param>
    AnonymousSession Enter(ClientAddress address, SessionId session, long bytes, long now);

    /// <summary>A connection wants to change the session's state, which writes its row.</summary>
    /// <param name="more">Bytes by which it may grow; 0 when it shrinks.</param>
    /// <returns>Null: it may, and holds them from now on.</returns>
    Refusal? ChangeState(AnonymousSession session, int more, long now);

    /// <summary>The same for presence, which is sent on at once and written later.</summary>
    /// <param name="size">Bytes of the new value.</param>
    Refusal? ChangePresence(AnonymousSession session, int more, int size, long now);

    /// <summary>What is there already, and is counted whether there is room or not.</summary>
    void Add(AnonymousSession session, int bytes);

    void Release(AnonymousSession session, int bytes);

    /// <summary>A connection does not stand for it any more.</summary>
    /// <param name="bytes">What it has said in all that the session holds.</param>
    void Leave(AnonymousSession session, long bytes, AnonymousParting parting, long now);

    void Sweep(long now);
}
