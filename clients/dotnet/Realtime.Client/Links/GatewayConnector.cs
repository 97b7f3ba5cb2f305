using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Client.Core;

namespace Realtime.Client.Links;

/// <summary>
/// Asks a gateway where to connect, and when, before the client's own address is dialled. A gateway that cannot be asked, or names a place
/// that does not work, keeps nobody out: the own address serves as well.
/// </summary>
internal sealed class GatewayConnector(
    ILinkConnector inner, Uri home, Uri gateway, HttpMessageInvoker http, TimeProvider time, Func<string?> session) : ILinkConnector
{
    /// <summary>Bytes.</summary>
    private const int LargestAnswer = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>The client opens one link at a time; a second one only while it moves, and that is not to its own address.</summary>
    private Place? _place;
    private bool _detour;

    public Task<ILink> OpenAsync(Uri url, CancellationToken cancellation) =>
        url == home ? OpenHomeAsync(cancellation) : inner.OpenAsync(url, cancellation);

    internal static Uri Endpoint(Uri url)
    {
        var builder = new UriBuilder(url) { Scheme = url.Scheme is "https" or "wss" ? "https" : "http", Port = url.Port, Fragment = "" };
        builder.Path = builder.Path is "" or "/" ? "/v1/gateway" : builder.Path;
        return builder.Uri;
    }

    private async Task<ILink> OpenHomeAsync(CancellationToken cancellation)
    {
        if (_detour)
        {
            _detour = false;
            return await inner.OpenAsync(home, cancellation).ConfigureAwait(false);
        }

        var place = _place ?? await AskAsync(cancellation).ConfigureAwait(false);
        _place = null;
        if (place is null)
        {
            return await inner.OpenAsync(home, cancellation).ConfigureAwait(false);
        }

        var left = place.Due - time.GetElapsedTime(0);
        if (left > TimeSpan.Zero)
        {
            // Kept, because to ask again would be to go to the back of the queue.
            _place = place;
            throw new RealtimeException(ErrorCodes.Unavailable, "The gateway has named a later moment.", Outcome.None, left);
        }

        try
        {
            return await inner.OpenAsync(place.Url, cancellation).ConfigureAwait(false);
        }
        catch
        {
            _detour = true;
            throw;
        }
    }

    /// <returns>Null: the gateway is of no help now.</returns>
    private async Task<Place?> AskAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Endpoint(gateway));
            if (session() is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            using var response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests && Wait(response) is { } wait)
            {
                throw new RealtimeException(ErrorCodes.Unavailable, "The gateway is asked by too many at once.", Outcome.None, wait);
            }

            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token).ConfigureAwait(false);
            return Read(await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false));
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private Place? Read(byte[] body)
    {
        using var answer = JsonDocument.Parse(body);
        if (answer.RootElement is not { ValueKind: JsonValueKind.Object } root ||
            !root.TryGetProperty("url", out var name) || name.ValueKind != JsonValueKind.String ||
            !Uri.TryCreate(Endpoint(gateway), name.GetString(), out var url) || url.Scheme is not ("ws" or "wss" or "http" or "https"))
        {
            return null;
        }

        var ticket = root.TryGetProperty("ticket", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        var wait = root.TryGetProperty("notBefore", out var later) && later.ValueKind == JsonValueKind.Number && later.TryGetDouble(out var milliseconds)
            ? TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestWait.TotalMilliseconds))
            : TimeSpan.Zero;
        return new Place(ticket is null ? url : Query.With(url, "ticket", ticket), time.GetElapsedTime(0) + wait);
    }

    private TimeSpan? Wait(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };

    /// <param name="Due">By the monotonic clock.</param>
    private sealed record Place(Uri Url, TimeSpan Due);
}
