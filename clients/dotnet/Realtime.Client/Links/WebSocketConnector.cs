using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Realtime.Client.Core;

namespace Realtime.Client.Links;

/// <summary>Opens WebSockets with the subprotocol <c>realtime.v1.json</c>.</summary>
internal sealed class WebSocketConnector(TimeProvider time) : ILinkConnector
{
    private const string Subprotocol = "realtime.v1.json";

    public async Task<ILink> OpenAsync(Uri url, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(Subprotocol);
            socket.Options.CollectHttpResponseDetails = true;
            await socket.ConnectAsync(NodeAddress.Endpoint(url), cancellation).ConfigureAwait(false);
            if (socket.SubProtocol != Subprotocol)
            {
                throw new WebSocketException($"The server speaks '{socket.SubProtocol}' instead of '{Subprotocol}'.");
            }

            return new WebSocketLink(socket);
        }
        catch (WebSocketException) when (socket.HttpStatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
        {
            var retryAfter = RetryAfter(socket.HttpResponseHeaders);
            socket.Dispose();
            throw new RealtimeException(ErrorCodes.Unavailable, "The server takes no more connections now.", Outcome.None, retryAfter);
        }
        catch (WebSocketException fault) when (socket.HttpStatusCode is not 0 and not HttpStatusCode.SwitchingProtocols)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new RealtimeException(
                new Fault(ErrorCodes.ConnectFailed, $"{NodeAddress.Endpoint(url).GetLeftPart(UriPartial.Path)} answered {status} instead of opening a WebSocket."), fault);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private TimeSpan? RetryAfter(IReadOnlyDictionary<string, IEnumerable<string>>? headers)
    {
        var header = headers?.FirstOrDefault(pair => pair.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
        if (double.TryParse(header, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, 3600));
        }

        return DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, out var date) && date > time.GetUtcNow() ? date - time.GetUtcNow() : null;
    }
}
