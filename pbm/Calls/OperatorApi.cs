using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Realtime.Messages.Operators;

namespace Realtime.Pbm.Calls;

/// <summary>
/// The operator API over HTTP. With several addresses the first that answers is asked, and stays the first until it is away. An action goes to
/// the next address only when the connection could not be made: after that nobody knows whether it was done.
/// </summary>
internal sealed class OperatorApi : IDisposable
{
    private static readonly TimeSpan MostForConnecting = TimeSpan.FromSeconds(3);

    private readonly ApiTarget _target;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private int _current;

    public OperatorApi(ApiTarget target, TimeProvider time)
    {
        _target = target;
        _time = time;

        // No redirect and no proxy: the key is for the address it was given for.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectCallback = ConnectAsync })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The address that answered last.</summary>
    public Uri Url => _target.Urls[_current];

    public Task<ApiAnswer<T>> GetAsync<T>(string path, CancellationToken stop) => SendAsync<T>(HttpMethod.Get, path, null, stop);

    public Task<ApiAnswer<ActionResult>> PostAsync(string path, CancellationToken stop) => SendAsync<ActionResult>(HttpMethod.Post, path, null, stop);

    public Task<ApiAnswer<T>> SendAsync<T, TBody>(HttpMethod method, string path, TBody body, CancellationToken stop) =>
        SendAsync<T>(method, path, JsonSerializer.Serialize(body, TypeOf<TBody>()), stop);

    public void Dispose() => _http.Dispose();

    internal static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)OperatorJson.Default.GetTypeInfo(typeof(T))!;

    private async Task<ApiAnswer<T>> SendAsync<T>(HttpMethod method, string path, string? body, CancellationToken stop)
    {
        CallFailedException? first = null;
        for (var i = 0; i < _target.Urls.Count; i++)
        {
            var index = (_current + i) % _target.Urls.Count;
            try
            {
                var answer = await AskAsync<T>(method, _target.Urls[index], path, body, stop).ConfigureAwait(false);
                _current = index;
                return answer;
            }
            catch (HttpRequestException e) when (method == HttpMethod.Get || NeverSent(e))
            {
                first ??= Away(_target.Urls[index], e);
            }
            catch (HttpRequestException e)
            {
                throw Unknown(_target.Urls[index], $"broke the connection before it answered ({e.Message})", e);
            }
            catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
            {
                var late = Unknown(_target.Urls[index], $"did not answer within {_target.Timeout.TotalSeconds:0.###} s", e);
                first ??= method == HttpMethod.Get ? late : throw late;
            }
        }

        throw first!;
    }

    private async Task<ApiAnswer<T>> AskAsync<T>(HttpMethod method, Uri url, string path, string? body, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(_target.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        using var request = new HttpRequestMessage(method, new Uri(url, "operator/v1/" + path));
        if (_target.Key is { } key)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }

        request.Headers.TryAddWithoutValidation("X-Operator", _target.Operator);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? Read<T>(url, text) : throw ErrorOf(url, (int)response.StatusCode, text);
    }

    private static ApiAnswer<T> Read<T>(Uri url, string text)
    {
        try
        {
            return new ApiAnswer<T>(JsonSerializer.Deserialize(text, TypeOf<T>()) ?? throw new JsonException("null"), text);
        }
        catch (JsonException e) when (!text.AsSpan().TrimStart().StartsWith("{") && !text.AsSpan().TrimStart().StartsWith("["))
        {
            throw Stranger(url, e);
        }
        catch (JsonException e)
        {
            throw new CallFailedException(
                PbmExitCodes.Unexpected, new OperatorError("internal", $"{url} answered what this version of pbm does not understand: {e.Message}", null), e);
        }
    }

    private static CallFailedException ErrorOf(Uri url, int status, string text)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, OperatorJson.Default.OperatorError) is { Message: not null } error)
            {
                return new CallFailedException(PbmExitCodes.Of(status), error);
            }
        }
        catch (JsonException e) when (status is 404 or 405 or (>= 300 and < 400))
        {
            return Stranger(url, e);
        }
        catch (JsonException)
        {
            // Something between us and the node has answered: its status is all there is to say.
        }

        return new CallFailedException(PbmExitCodes.Of(status), new OperatorError(status is 401 or 403 ? "unauthorized" : "unavailable", $"{url} answered with status {status}.", null));
    }

    private static CallFailedException Stranger(Uri url, Exception cause) => new(
        PbmExitCodes.NobodyAnswers,
        new OperatorError("nobody_answers", $"{url} answers, but it is not the operator API: is it the port for clients? The operators' port is 1000 higher unless configured.", null),
        cause);

    private static CallFailedException Away(Uri url, HttpRequestException cause) => new(
        PbmExitCodes.NobodyAnswers, new OperatorError("nobody_answers", $"Nobody answers at {url} ({Reason(cause)}).", null), cause);

    private static CallFailedException Unknown(Uri url, string what, Exception cause) => new(
        PbmExitCodes.Unfinished, new OperatorError("timeout", $"{url} {what}; if it was to do something, that may have been done.", null), cause);

    private static string Reason(HttpRequestException cause) => (cause.InnerException as SocketException)?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.TimedOut => "no connection in time",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "no such host",
        _ => cause.InnerException?.Message.TrimEnd('.') ?? cause.Message.TrimEnd('.'),
    };

    private static bool NeverSent(HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    /// <summary>Of our own, because the built-in limit ends in a cancellation that cannot be told from a request that was sent and not answered.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(MostForConnecting, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, either.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
