using System.Text;
using System.Text.Json;
using Realtime.Messages.Operators;

namespace Realtime.Pbm.Calls;

/// <summary>Publishes over the application's API, with one of its keys: for those who have no operators' key that may act.</summary>
internal static class ApplicationApi
{
    public const string DefaultUrl = "http://localhost:8080";

    public static async Task<ApiAnswer<OperatorActions.Published>> PublishAsync(string url, string key, string channel, JsonElement data, TimeSpan timeout, TimeProvider time, CancellationToken stop)
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
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "/api/v1/publish"))
        {
            Content = new StringContent($"{{\"channel\":\"{JsonEncodedText.Encode(channel)}\",\"data\":{data.GetRawText()}}}", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        try
        {
            using var response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? new ApiAnswer<OperatorActions.Published>(JsonSerializer.Deserialize(text, OperatorJson.Default.Published)!, text)
                : throw new CallFailedException(PbmExitCodes.Of((int)response.StatusCode), ErrorOf(text, (int)response.StatusCode));
        }
        catch (HttpRequestException fault)
        {
            throw new CallFailedException(PbmExitCodes.NobodyAnswers, new OperatorError("unreachable", $"{server} is not reached: {fault.Message}", null), fault);
        }
        catch (OperationCanceledException fault) when (!stop.IsCancellationRequested)
        {
            throw new CallFailedException(PbmExitCodes.Of(504), new OperatorError("timeout", $"{server} did not answer within {timeout.TotalSeconds:0.###} s; it may have been published.", null), fault);
        }
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
