using System.Text;
using System.Text.Json;
using Realtime.Messages.Operators;

namespace Realtime.Pbm.Calls;

/// <summary>The application's API, with one of its keys: for those who have no operators' key that may act, and for what operators' has not.</summary>
internal sealed class ApplicationApi(string url, string key, TimeSpan timeout, TimeProvider time)
{
    public const string DefaultUrl = "http://localhost:8080";

    public Task<ApiAnswer<OperatorActions.Published>> PublishAsync(string channel, JsonElement data, CancellationToken stop) =>
        SendAsync<OperatorActions.Published>(HttpMethod.Post, "publish", Message(channel, data, null), stop);

    /// <param name="at">As somebody wrote it.</param>
    public Task<ApiAnswer<OperatorActions.Scheduled>> ScheduleAsync(string channel, JsonElement data, string at, CancellationToken stop) =>
        SendAsync<OperatorActions.Scheduled>(HttpMethod.Post, "publish", Message(channel, data, at), stop);

    public async Task<ApiAnswer<T>> SendAsync<T>(HttpMethod method, string path, string? body, CancellationToken stop)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            throw CallFailedException.Usage($"'{url}' is not the address of a node, such as {DefaultUrl}.", "api-url");
        }

        if (!key.All(c => c is > ' ' and <= '~'))
        {
            throw CallFailedException.Usage("The API key has characters that no key has: spaces, line breaks or letters beyond ASCII.", "api-key-file");
        }

        // No redirect and no proxy: the key is for the address it was given for.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        using var request = new HttpRequestMessage(method, new Uri(server, "/api/v1/" + path));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        try
        {
            using var response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? new ApiAnswer<T>(JsonSerializer.Deserialize(text, OperatorApi.TypeOf<T>())!, text)
                : throw new CallFailedException(PbmExitCodes.Of((int)response.StatusCode), ErrorOf(text, (int)response.StatusCode));
        }
        catch (HttpRequestException fault)
        {
            throw new CallFailedException(PbmExitCodes.NobodyAnswers, new OperatorError("unreachable", $"{server} is not reached: {fault.Message}", null), fault);
        }
        catch (OperationCanceledException fault) when (!stop.IsCancellationRequested)
        {
            throw new CallFailedException(PbmExitCodes.Of(504), new OperatorError("timeout", $"{server} did not answer within {timeout.TotalSeconds:0.###} s; it may have been done.", null), fault);
        }
    }

    private static string Message(string channel, JsonElement data, string? at)
    {
        var due = at is null ? "" : at.All(char.IsAsciiDigit) ? $",\"at\":{at}" : $",\"at\":\"{JsonEncodedText.Encode(at)}\"";
        return $"{{\"channel\":\"{JsonEncodedText.Encode(channel)}\",\"data\":{data.GetRawText()}{due}}}";
    }

    private static OperatorError ErrorOf(string text, int status)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            var root = problem.RootElement;
            return new OperatorError(root.GetProperty("code").GetString()!, root.GetProperty("detail").GetString()!, root.TryGetProperty("field", out var field) ? field.GetString() : null);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new OperatorError("internal", $"Something that is no node answered with status {status}.", null);
        }
    }
}
