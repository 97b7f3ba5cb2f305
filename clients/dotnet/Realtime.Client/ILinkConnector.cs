namespace Realtime.Client;

/// <summary>Opens the links a <see cref="RealtimeClient"/> talks over. The default one opens WebSockets.</summary>
public interface ILinkConnector
{
    /// <summary>Opens a link to a node.</summary>
    /// <param name="url">
    /// <see cref="RealtimeClientOptions.Url"/>, the place that a <c>move</c> or the gateway names (with the ticket as the query's
    /// <c>ticket</c>), or the address of another node that the last one named.
    /// </param>
    /// <param name="cancellation">Ends the attempt: it took too long or is not needed any more.</param>
    /// <exception cref="RealtimeException">
    /// Refused; a <see cref="RealtimeException.RetryAfter"/> decides when the next attempt is made. Any other exception
    /// counts as an unannounced failure.
    /// </exception>
    Task<ILink> OpenAsync(Uri url, CancellationToken cancellation);
}
