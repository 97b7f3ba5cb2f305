using Realtime.Messages.Errors;

namespace Realtime.Node.Application;

/// <summary>What the host application may do from anywhere in its code. Safe for all threads. On any node of a cluster.</summary>
public interface IRealtime
{
    /// <summary>Publishes as the application: no rule of a namespace and no handler is asked.</summary>
    /// <param name="channel">Any channel but the server's own; <c>@user</c> reaches all sessions of a user.</param>
    /// <param name="data">Written as JSON.</param>
    /// <returns>Where the message stands, once the namespace's durability is met; null where it keeps no log.</returns>
    /// <exception cref="ArgumentException">The channel's name is none, or the message is too large.</exception>
    /// <exception cref="RealtimeRefusedException">It was not published, or perhaps was.</exception>
    Task<string?> PublishAsync<T>(string channel, T data, PublishSettings? settings = null, CancellationToken cancellation = default);
}
