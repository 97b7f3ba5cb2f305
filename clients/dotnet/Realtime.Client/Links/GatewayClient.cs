using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Client.Core;

namespace Realtime.Client.Links;

/// <summary>
/// Asks a gateway where to connect, and when. One that cannot be asked keeps no client out: the addresses it knows serve as well.
/// </summary>
/// <param name="home">The client's own address.</param>
internal sealed class GatewayClient(Uri home, Uri gateway, HttpMessageInvoker http, TimeProvider time, Func<string?> session)
{
    /// <summary>Bytes.</summary>
    private const int LargestAnswer = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>Named for a later moment. A client asks for one link at a time.</summary>
    private Place? _kept;

    /// <returns>Null: the gateway is of no help now.</returns>
    public async Task<GatewayWord?> AskAsync(CancellationToken cancellation)
    {
        var kept = _kept;
        _kept = null;
        if (kept is not null)
        {
            return At(kept);
        }

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
                return new GatewayWord.Later(wait, "The gateway is asked by too many at once.");
            }

            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token).ConfigureAwait(false);
            return Read(await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false)) is { } place ? At(place) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Uri Endpoint(Uri url)
    {
        var builder = new UriBuilder(url) { Scheme = url.Scheme is "https" or "wss" ? "https" : "http", Port = url.Port, Fragment = "" };
        builder.Path = builder.Path is "" or "/" ? "/v1/gateway" : builder.Path;
        return builder.Uri;
    }

    /// <summary>Keeps a place in time, because to ask again would be to go to the back of the queue.</summary>
    private GatewayWord At(Place place)
    {
        var left = place.Due - time.GetElapsedTime(0);
        if (left <= TimeSpan.Zero)
        {
            return new GatewayWord.Now(place.Url, place.Ticket);
        }

        _kept = place;
        return new GatewayWord.Later(left, "The gateway has named a later moment.");
    }

    private Place? Read(byte[] body)
    {
        using var answer = JsonDocument.Parse(body);
        if (answer.RootElement is not { ValueKind: JsonValueKind.Object } root ||
            !root.TryGetProperty("url", out var name) || name.ValueKind != JsonValueKind.String ||
            !NodeAddress.TryFollow(home, Endpoint(gateway), name.GetString(), out var url))
        {
            return null;
        }

        var ticket = root.TryGetProperty("ticket", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        var wait = root.TryGetProperty("notBefore", out var later) && later.ValueKind == JsonValueKind.Number && later.TryGetDouble(out var milliseconds)
            ? TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestWait.TotalMilliseconds))
            : TimeSpan.Zero;
        return new Place(url, ticket, time.GetElapsedTime(0) + wait);
    }

    private TimeSpan? Wait(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };

    /// <param name="Due">By the monotonic clock.</param>
    private sealed record Place(Uri Url, string? Ticket, TimeSpan Due);
}
