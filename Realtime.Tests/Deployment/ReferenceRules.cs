using System.Text.Json.Nodes;

namespace Realtime.Tests.Deployment;

/// <summary>Whatever an object refers to is there: labels, objects, ports.</summary>
internal static class ReferenceRules
{
    public static IEnumerable<string> Faults(Manifests all) =>
        [.. SelectorFaults(all), .. ServiceFaults(all), .. IngressFaults(all), .. NameFaults(all), .. VolumeFaults(all)];

    private static IEnumerable<string> SelectorFaults(Manifests all)
    {
        foreach (var workload in all.Workloads)
        {
            if (!KubeObject.Matches(workload.Map("spec.selector.matchLabels"), workload.PodLabels()) || workload.Map("spec.selector.matchLabels").Count == 0)
            {
                yield return $"{workload.Where} does not select its own pods";
            }

            foreach (var spread in workload.List("spec.template.spec.topologySpreadConstraints"))
            {
                if (!KubeObject.Matches(KubeObject.MapOf(KubeObject.At(spread, "labelSelector.matchLabels")), workload.PodLabels()))
                {
                    yield return $"{workload.Where} spreads pods that are not its own";
                }
            }

            if (all.Of("PodDisruptionBudget").Count(budget => workload.IsSelectedBy(budget.Map("spec.selector.matchLabels"))) != 1 && workload.IsOurs)
            {
                yield return $"{workload.Where} has not exactly one PodDisruptionBudget";
            }
        }

        foreach (var budget in all.Of("PodDisruptionBudget").Where(budget => !all.Workloads.Any(workload => workload.IsSelectedBy(budget.Map("spec.selector.matchLabels")))))
        {
            yield return $"{budget.Where} selects no pods";
        }

        foreach (var monitor in all.Of("ServiceMonitor"))
        {
            var services = all.Of("Service").Where(service => KubeObject.Matches(monitor.Map("spec.selector.matchLabels"), service.Labels)).ToList();
            foreach (var endpoint in monitor.List("spec.endpoints"))
            {
                var port = KubeObject.TextOf(endpoint["port"]);
                if (services.Count == 0 || services.Exists(service => !service.List("spec.ports").Any(own => KubeObject.TextOf(own["name"]) == port)))
                {
                    yield return $"{monitor.Where} asks port {port}, which its services do not have";
                }
            }
        }
    }

    private static IEnumerable<string> ServiceFaults(Manifests all)
    {
        foreach (var service in all.Of("Service"))
        {
            var selected = all.Workloads.Where(workload => workload.IsSelectedBy(service.Map("spec.selector"))).ToList();
            if (selected.Count != 1)
            {
                yield return $"{service.Where} selects pods of {selected.Count} workloads";
            }

            foreach (var port in service.List("spec.ports"))
            {
                var target = KubeObject.TextOf(port["targetPort"]) ?? "";
                foreach (var workload in selected.Where(workload => !workload.Ports.ContainsKey(target)))
                {
                    yield return $"{service.Where} leads to port '{target}', which {workload.Where} does not name";
                }

                foreach (var workload in selected.Where(workload => workload.Ports.TryGetValue(target, out var number) && KubeObject.TextOf(port["port"]) != $"{number}"))
                {
                    // Not needed by Kubernetes; without a Service's own numbers everybody can say 8080 and mean one thing.
                    yield return $"{service.Where} has another number than {workload.Where} for {target}";
                }
            }
        }
    }

    private static IEnumerable<string> IngressFaults(Manifests all)
    {
        foreach (var ingress in all.Of("Ingress"))
        {
            foreach (var backend in ingress.List("spec.rules").SelectMany(rule => KubeObject.ListOf(KubeObject.At(rule, "http.paths"))).Select(path => KubeObject.At(path, "backend.service")))
            {
                var (name, port) = (KubeObject.TextOf(backend?["name"]), KubeObject.TextOf(KubeObject.At(backend, "port.name")));
                if (all.Find("Service", name) is not { } service || !service.List("spec.ports").Any(own => KubeObject.TextOf(own["name"]) == port))
                {
                    yield return $"{ingress.Where} leads to {name}:{port}, which is not there";
                }
            }

            var certified = ingress.List("spec.tls").SelectMany(tls => KubeObject.ListOf(tls["hosts"])).Select(host => KubeObject.TextOf(host)!).ToList();
            foreach (var host in ingress.List("spec.rules").Select(rule => KubeObject.TextOf(rule["host"]) ?? ""))
            {
                if (!certified.Contains(host) && !certified.Contains("*" + host[Math.Max(0, host.IndexOf('.', StringComparison.Ordinal))..]))
                {
                    yield return $"{ingress.Where} has no certificate for {host}";
                }
            }

            foreach (var secret in ingress.List("spec.tls").Select(tls => KubeObject.TextOf(tls["secretName"])!).Where(name => !ExternalSecrets.Certificates.Contains(name)))
            {
                yield return $"{ingress.Where} takes its certificate from {secret}, which docs/kubernetes.md does not make";
            }
        }
    }

    private static IEnumerable<string> NameFaults(Manifests all)
    {
        foreach (var scaler in all.Of("HorizontalPodAutoscaler"))
        {
            if (all.Find(scaler.Text("spec.scaleTargetRef.kind") ?? "", scaler.Text("spec.scaleTargetRef.name")) is not { } target)
            {
                yield return $"{scaler.Where} scales what is not there";
            }
            else if (target.At("spec.replicas") is not null)
            {
                yield return $"{target.Where} says how many replicas it has, and so does {scaler.Where}";
            }
        }

        foreach (var workload in all.Workloads)
        {
            if (workload.Text("spec.serviceName") is { } service && all.Find("Service", service) is null)
            {
                yield return $"{workload.Where} names service {service}, which is not there";
            }

            if (workload.Text("spec.template.spec.serviceAccountName") is { } account && all.Find("ServiceAccount", account) is null)
            {
                yield return $"{workload.Where} runs as {account}, which is not there";
            }
        }

        foreach (var monitor in all.Of("ServiceMonitor"))
        {
            foreach (var credentials in monitor.List("spec.endpoints").Select(endpoint => KubeObject.At(endpoint, "authorization.credentials")))
            {
                if (KubeObject.TextOf(credentials?["name"]) != ExternalSecrets.Name || !ExternalSecrets.Keys.Contains(KubeObject.TextOf(credentials?["key"]) ?? ""))
                {
                    yield return $"{monitor.Where} has a key that is not there";
                }
            }
        }

        foreach (var doubled in all.Objects.GroupBy(found => found.Where).Where(group => group.Count() > 1))
        {
            yield return $"{doubled.Key} is there twice";
        }

        foreach (var stray in all.Objects.Where(found => found.Kind != "Namespace" && all.Find("Namespace", found.Text("metadata.namespace")) is null))
        {
            yield return $"{stray.Where} is in no namespace of the overlay";
        }
    }

    private static IEnumerable<string> VolumeFaults(Manifests all)
    {
        foreach (var workload in all.Workloads)
        {
            var volumes = workload.List("spec.template.spec.volumes").Select(volume => KubeObject.TextOf(volume["name"]))
                .Concat(workload.List("spec.volumeClaimTemplates").Select(claim => KubeObject.TextOf(KubeObject.At(claim, "metadata.name")))).ToHashSet();
            foreach (var mount in workload.Containers.SelectMany(container => KubeObject.ListOf(container["volumeMounts"])).Where(mount => !volumes.Contains(KubeObject.TextOf(mount["name"]))))
            {
                yield return $"{workload.Where} mounts {KubeObject.TextOf(mount["name"])}, which it does not have";
            }

            foreach (var secret in workload.List("spec.template.spec.volumes").Select(volume => volume["secret"]).OfType<JsonNode>())
            {
                var name = KubeObject.TextOf(secret["secretName"]);
                if (all.Find("Secret", name) is null && ExternalSecrets.KeysOf(name).Count == 0)
                {
                    yield return $"{workload.Where} mounts secret {name}, which neither the overlay nor docs/kubernetes.md makes";
                }

                // The files are root's and the group's.
                var (mode, group) = (secret["defaultMode"]?.GetValue<long>() ?? 0b110_100_100, workload.Number("spec.template.spec.securityContext.fsGroup"));
                if ((mode & 0b100) == 0 && ((mode & 0b100_000) == 0 || group is null || group != workload.Number("spec.template.spec.securityContext.runAsGroup")))
                {
                    yield return $"{workload.Where} may not read secret {name}";
                }
            }
        }
    }
}
