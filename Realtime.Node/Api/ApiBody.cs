using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Messages.Errors;

namespace Realtime.Node.Api;

/// <summary>Reads bodies of requests: of a type that no form of a foreign page can have, bounded in size and time.</summary>
internal static class ApiBody
{
    public const int MostOfOne = 1024 * 1024;
    public const int MostOfBatch = 8 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Whoever reads it bounds it: the server's own bound is for clients, and cuts the connection before the refusal is read.</summary>
    public static void Unbind(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int most, TimeProvider time, bool mayBeEmpty = false)
    {
        Unbind(context);
        if (context.Request.ContentLength > most)
        {
            throw TooLarge(most);
        }

        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        var bytes = new byte[Math.Clamp(context.Request.ContentLength ?? 0, 256, most) + 1];
        var length = 0;
        try
        {
            for (int read; (read = await context.Request.Body.ReadAsync(bytes.AsMemory(length), either.Token).ConfigureAwait(false)) > 0;)
            {
                length += read;
                if (length > most)
                {
                    throw TooLarge(most);
                }

                if (length == bytes.Length)
                {
                    Array.Resize(ref bytes, Math.Min(bytes.Length * 2, most + 1));
                }
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new ApiFaultException(ErrorCode.Timeout, "The body did not come in time; nothing was done.");
        }

        if (length == 0 && mayBeEmpty)
        {
            return default;
        }

        if (!context.Request.HasJsonContentType())
        {
            throw ApiFaultException.Bad("The body must be JSON, with Content-Type: application/json.", "Content-Type");
        }

        return bytes.AsMemory(0, length);
    }

    public static ApiFaultException TooLarge(int most) => new(ErrorCode.TooLarge, $"The body has at most {most} bytes here.");
}
