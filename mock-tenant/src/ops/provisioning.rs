//! Operations of the provisioning service.

use super::Op;

/// Stands for the directory role "Directory Synchronization Accounts" in an application's token.
const SYNC: &[&str] = &["Directory.ReadWrite.All"];

const fn read(name: &'static str) -> Op {
    Op::read(name).roles(SYNC, &[])
}

const fn write(name: &'static str) -> Op {
    Op::write(name).roles(SYNC, &[])
}

pub(super) const OPS: &[Op] = &[
    read("provisioning.capabilities"),
    read("provisioning.get_company_configuration"),
    read("provisioning.get_device_configuration"),
    write("provisioning.set_company_dirsync_features"),
    write("provisioning.set"),
    write("provisioning.add"),
    write("provisioning.delete"),
    read("provisioning.read_back"),
    write("provisioning.finalize_export"),
    write("provisioning.provision_credentials"),
    read("provisioning.unknown"),
];
