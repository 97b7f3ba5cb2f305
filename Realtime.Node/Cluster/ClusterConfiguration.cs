using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Realtime.Node.Cluster.Serialization;

namespace Realtime.Node.Cluster;

/// <summary>Akka's configuration of a node: <c>akka.conf</c> of this folder and what the node's own settings say.</summary>
internal static class ClusterConfiguration
{
    /// <exception cref="ArgumentException">The times of the shutdown do not fit into each other.</exception>
    public static Config Of(ActorSystemSettings settings)
    {
        var faults = settings.Times.Faults();
        return faults.Count > 0
            ? throw new ArgumentException(string.Join("; ", faults), nameof(settings))
            : ConfigurationFactory.ParseString(settings.Overrides).WithFallback(Own(settings)).WithFallback(WireSerialization.Config).WithFallback(Shared);
    }

    /// <summary>The part that is the same on all nodes.</summary>
    public static Config Shared { get; } = Read();

    private static Config Own(ActorSystemSettings settings) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka {
          remote.dot-netty.tcp {
            hostname = "{{settings.Host}}"
            public-hostname = "{{settings.AdvertisedHost ?? settings.Host}}"
            port = {{settings.Port}}
          }
          cluster {
            roles = [{{string.Join(", ", settings.Roles.Select(role => $"\"{role}\""))}}]
            distributed-data.role = "{{ActorSystemSettings.NodeRole}}"
            singleton.role = "{{ActorSystemSettings.NodeRole}}"
            sharding {
              role = "{{ActorSystemSettings.NodeRole}}"
              handoff-timeout = {{settings.Times.HandOff.TotalMilliseconds}}ms
              buffer-size = {{settings.RegionBuffer}}
            }
          }
          coordinated-shutdown.phases {
            before-cluster-shutdown.timeout = {{settings.Times.Regions.TotalMilliseconds}}ms
            cluster-sharding-shutdown-region.timeout = {{settings.Times.Regions.TotalMilliseconds}}ms
          }
        }
        """));

    private static Config Read()
    {
        var type = typeof(ClusterConfiguration);
        using var stream = type.Assembly.GetManifestResourceStream("akka.conf")
            ?? throw new InvalidOperationException("akka.conf is not in the assembly.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
