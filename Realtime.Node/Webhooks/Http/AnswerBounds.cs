using System.Net;
using System.Net.Http.Headers;

namespace Realtime.Node.Webhooks.Http;

/// <summary>Reads an answer whole, within its bounds, so that a slow or endless one counts against the time of its request.</summary>
internal sealed class AnswerBounds(int most) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            if ((int)response.StatusCode is >= 300 and < 400)
            {
                throw new WebhookFaultException(WebhookFailure.Redirect, $"it answered with status {(int)response.StatusCode}, and redirects are not followed");
            }

            if (response.IsSuccessStatusCode)
            {
                await TakeAsync(response, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                // What a failure says is read by nobody.
                response.Content.Dispose();
                response.Content = new ByteArrayContent([]);
            }

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task TakeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > most)
        {
            throw TooLarge();
        }

        using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var taken = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            if (taken.Length + read > most)
            {
                throw TooLarge();
            }

            taken.Write(buffer, 0, read);
        }

        var type = response.Content.Headers.ContentType;
        if (taken.Length > 0 && !IsJson(type))
        {
            throw new WebhookFaultException(WebhookFailure.Answer, "it answered with a body that is not application/json");
        }

        response.Content = new ByteArrayContent(taken.ToArray());
    }

    private static bool IsJson(MediaTypeHeaderValue? type) =>
        string.Equals(type?.MediaType, "application/json", StringComparison.OrdinalIgnoreCase) && type?.CharSet?.Trim('"') is null or "utf-8" or "UTF-8" or "Utf-8";

    private WebhookFaultException TooLarge() => new(WebhookFailure.Size, $"its answer has more than {most} bytes");
}
