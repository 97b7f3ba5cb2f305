using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Realtime.Node.Configuration;

namespace Realtime.Node.Operations.Listener;

/// <summary>
/// Who may ask what. Beside the key: a page that somebody has open in a browser must not steer a cluster, neither by a request of its own (Origin) nor by a
/// name that it lets point to this machine (Host).
/// </summary>
public sealed class OperatorDoor(OperatorPolicy policy, TimeProvider time, ILogger<OperatorDoor> logger)
{
    /// <summary>In which callers may say who they are, for the audit. Believed as far as the key is.</summary>
    public const string OperatorHeader = "X-Operator";

    private const int MostName = 64;
    private readonly OperatorKeys _keys = new(policy.Key, policy.ViewKey);
    private readonly WrongKeys _wrong = new();
    private readonly Lock _lock = new();

    /// <param name="needs">Null: nothing but to be no foreign page.</param>
    public DoorVerdict Look(HttpContext context, OperatorRight? needs)
    {
        var from = context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) : IPAddress.None;
        if (ForeignTo(context, from) is { } foreign)
        {
            return Refuse(new OperatorCaller("nobody", from.ToString(), OperatorRight.View), OperatorReply.Forbidden(foreign));
        }

        var shown = context.Request.Headers.Authorization.ToString();
        if (!OperatorKeys.IsShown(shown))
        {
            var anybody = new OperatorCaller(Named(context, _keys.IsOpen ? "anybody" : "nobody"), from.ToString(), OperatorRight.Act);
            return _keys.IsOpen || needs is null
                ? new DoorVerdict(anybody, null)
                : Refuse(anybody, OperatorReply.Unauthorized("A key is needed: Authorization: Bearer KEY."));
        }

        if (!MayTry(from))
        {
            // Not looked at: otherwise the answers would still tell a right guess from a wrong one.
            return Refuse(new OperatorCaller("unknown key", from.ToString(), OperatorRight.View), OperatorReply.Unauthorized("Too many wrong keys came from this address. Wait a few seconds."))
                with { RetryAfter = 1 + (WrongKeys.Burst / (2 * WrongKeys.PerSecond)) };
        }

        if (_keys.RightOf(shown) is not { } right)
        {
            Note(from);
            return Refuse(new OperatorCaller(Named(context, "unknown key"), from.ToString(), OperatorRight.View), OperatorReply.Unauthorized("This key is not known here."));
        }

        var caller = new OperatorCaller(Named(context, right is OperatorRight.Act ? "key" : "view key"), from.ToString(), right);
        return needs <= right || needs is null
            ? new DoorVerdict(caller, null)
            : Refuse(caller, OperatorReply.Forbidden("This key may only look."));
    }

    private string? ForeignTo(HttpContext context, IPAddress from)
    {
        var request = context.Request;
        if (request.Headers.Origin is [{ Length: > 0 } origin] && !string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
        {
            return "Pages of other origins may not ask.";
        }

        if (!policy.IsLoopback)
        {
            return null;
        }

        // A listener that an application has put elsewhere, without a key: only those who are on this machine are believed.
        if (!IPAddress.IsLoopback(from))
        {
            return $"Without a configured {policy.KeyName} only this machine may ask.";
        }

        return WebListener.IsLoopbackName(request.Host.Host) ? null : "Only localhost, 127.0.0.1 and [::1] are names of this listener.";
    }

    private static string Named(HttpContext context, string key)
    {
        var name = context.Request.Headers[OperatorHeader].ToString().Trim();
        if (name.Length == 0)
        {
            return key;
        }

        var plain = new string([.. name.Where(c => !char.IsControl(c) && c is not ('(' or ')')).Take(MostName)]);
        return $"{key} ({plain})";
    }

    private bool MayTry(IPAddress from)
    {
        lock (_lock)
        {
            return _wrong.MayTry(from, Now());
        }
    }

    private void Note(IPAddress from)
    {
        bool first;
        lock (_lock)
        {
            first = _wrong.Note(from, Now());
        }

        if (first)
        {
            logger.WrongKey(from.ToString());
        }
    }

    private long Now() => (long)time.GetElapsedTime(0).TotalMilliseconds;

    private static DoorVerdict Refuse(OperatorCaller caller, OperatorReply refusal) => new(caller, refusal);
}
